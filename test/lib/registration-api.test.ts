import { Match, type Template } from 'aws-cdk-lib/assertions';
import type { Context } from 'aws-lambda';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createApi } from '../../functions/api/create-api.ts';
import type { ApiEvent } from '../../functions/api/http/route.ts';
import { pageRoutes } from '../../functions/api/routes/page.ts';
import { ITWIN_API_URL, startTestApi } from '../functions/api/support/test-api.ts';
import { send } from '../local/gateway/raw-request.ts';
import { start } from '../local/gateway/start.ts';
import { PAGE_TOKENS, TOKENS, templateOf } from './support/stack.ts';

const CORS = { corsOrigins: ['https://app.example.com'] };
const BATCH = 'POST /jobs/batch';
const template = templateOf();

/** Each route with who may take it. */
function routesOf(of: Template): Record<string, string> {
  const routes = Object.values(of.findResources('AWS::ApiGatewayV2::Route'));
  return Object.fromEntries(
    routes.map(({ Properties }) => [Properties.RouteKey, Properties.AuthorizationType]),
  );
}

describe('who may call', () => {
  it('is an IAM identity, whatever the request', () => {
    expect(routesOf(template)).toEqual({ $default: 'AWS_IAM', [BATCH]: 'AWS_IAM' });
    template.resourceCountIs('AWS::ApiGatewayV2::Authorizer', 0);
  });

  it('is a caller with a token of the issuer for the audience, when that is configured', () => {
    const withTokens = templateOf({ tokens: TOKENS });
    expect(routesOf(withTokens)).toEqual({ $default: 'JWT', [BATCH]: 'JWT' });
    withTokens.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: { Issuer: TOKENS.issuer, Audience: TOKENS.audience },
    });
    withTokens.hasResourceProperties('AWS::ApiGatewayV2::Route', {
      AuthorizerId: { Ref: Match.stringLikeRegexp('TokenAuthorizer') },
    });
  });

  it('is the same with CORS: no method goes without', () => {
    for (const [tokens, authorization] of [
      [{}, 'AWS_IAM'],
      [{ tokens: TOKENS }, 'JWT'],
    ] as const) {
      const types = Object.values(routesOf(templateOf({ ...CORS, ...tokens })));
      expect(new Set(types)).toEqual(new Set([authorization]));
    }
  });

  it('is anybody for the files of the page alone, and only where one can sign in', () => {
    const files = pageRoutes({ folder: new URL('file:///page/') });
    const open = files.map(({ method, path }) => `${method} ${path}`);
    for (const cors of [{}, CORS]) {
      const routes = routesOf(templateOf({ ...cors, tokens: PAGE_TOKENS }));
      const isOpen = ([, authorization]: readonly string[]) => authorization !== 'JWT';
      expect(Object.entries(routes).filter(isOpen)).toEqual(open.map((route) => [route, 'NONE']));
      expect(Object.keys(routes).length).toBeGreaterThan(open.length);
    }
  });

  it('is told by the page how to sign in, and by mails where the page is', () => {
    const withPage = templateOf({ tokens: PAGE_TOKENS });
    withPage.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: {
          PAGE_SIGN_IN:
            '{"issuer":"https://ims.bentley.com","clientId":"spa-7","scope":"itwin-platform"}',
        },
      },
    });
    withPage.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: { PAGE_URL: { 'Fn::GetAtt': [Match.anyValue(), 'ApiEndpoint'] } },
      },
    });
    const pageUrl = 'https://monitor.example.com';
    templateOf({ pageUrl }).hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { PAGE_URL: pageUrl } },
    });
    expect(JSON.stringify(template)).not.toMatch(/PAGE_(URL|SIGN_IN)/);
  });

  it('is among the admitted, of whom the function is told, when there are tokens', () => {
    templateOf({ tokens: TOKENS }).hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: {
          ADMITTED_CALLERS:
            '{"clientIds":["service-1"],"subjects":[],"organizations":["org-1","org-2"]}',
        },
      },
    });
    expect(JSON.stringify(template)).not.toContain('ADMITTED_CALLERS');
  });

  it('is reminded of pending jobs after as long as is usual here', () => {
    templateOf({ remindAfterMinutes: 120 }).hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { REMIND_AFTER_MINUTES: '120' } },
    });
    expect(JSON.stringify(template)).not.toContain('REMIND_AFTER_MINUTES');
  });

  it('is reminded as usual of the runs of declared iModels, too, which the monitor watches', () => {
    const imodels = ['5e19bee0-3aea-4355-a9f0-c6df9989ee7d'];
    templateOf({ imodels, remindAfterMinutes: 120 }).resourcePropertiesCountIs(
      'AWS::Lambda::Function',
      { Environment: { Variables: { IMODELS: imodels.join(), REMIND_AFTER_MINUTES: '120' } } },
      2,
    );
  });

  it('does not end the watch of what the monitor is told to watch', () => {
    const imodels = [
      'b0d3c9f2-4e7a-4d15-9c68-1f5a7e20d843',
      '5e19bee0-3aea-4355-a9f0-c6df9989ee7d',
    ];
    templateOf({ imodels }).resourcePropertiesCountIs(
      'AWS::Lambda::Function',
      { Environment: { Variables: { IMODELS: imodels.join() } } },
      2,
    );
    expect(JSON.stringify(template)).not.toContain('IMODELS');
  });

  it('may name runs by links of the iTwin Platform that the monitor asks', () => {
    const itwinApiUrl = 'https://qa-api.bentley.com';
    templateOf({ itwinApiUrl }).resourcePropertiesCountIs(
      'AWS::Lambda::Function',
      { Environment: { Variables: { ITWIN_API_URL: itwinApiUrl } } },
      2,
    );
    expect(JSON.stringify(template)).not.toContain('ITWIN_API_URL');
  });

  it('gets to the function through this API alone', () => {
    const permissions = Object.values(template.findResources('AWS::Lambda::Permission'));
    expect(permissions.map(({ Properties }) => Properties)).toMatchObject(
      ['/*/*', '/*/*/jobs/batch'].map((path) => ({
        Principal: 'apigateway.amazonaws.com',
        SourceArn: {
          'Fn::Join': [
            '',
            expect.arrayContaining([{ Ref: expect.stringContaining('HttpApi') }, path]),
          ],
        },
      })),
    );
    template.resourceCountIs('AWS::Lambda::Url', 0);
  });
});

describe('scripts of web pages', () => {
  it('may not call', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::Api', {
      ProtocolType: 'HTTP',
      CorsConfiguration: Match.absent(),
    });
  });

  it('may call from the origins that are configured', () => {
    templateOf(CORS).hasResourceProperties('AWS::ApiGatewayV2::Api', {
      CorsConfiguration: {
        AllowOrigins: CORS.corsOrigins,
        AllowMethods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
        AllowHeaders: Match.arrayWith(['authorization', 'content-type', 'if-none-match']),
        ExposeHeaders: ['etag', 'location'],
        AllowCredentials: Match.absent(),
      },
    });
  });

  it('then get an answer to their preflight requests: no route takes OPTIONS from API Gateway', () => {
    const routes = Object.keys(routesOf(templateOf(CORS)));
    expect(routes).toEqual([
      'GET /{proxy+}',
      'HEAD /{proxy+}',
      'POST /{proxy+}',
      'PUT /{proxy+}',
      'PATCH /{proxy+}',
      'DELETE /{proxy+}',
      BATCH,
      'GET /',
    ]);
  });
});

describe('an update from any settings to any others', () => {
  it('changes a route in place: API Gateway refuses a second one with its key', () => {
    const ids = new Map<string, Set<string>>();
    for (const tokens of [{}, { tokens: TOKENS }, { tokens: PAGE_TOKENS }]) {
      for (const cors of [{}, CORS]) {
        const routes = templateOf({ ...cors, ...tokens }).findResources('AWS::ApiGatewayV2::Route');
        for (const [id, { Properties }] of Object.entries(routes)) {
          const { RouteKey } = Properties;
          ids.set(RouteKey, (ids.get(RouteKey) ?? new Set()).add(id));
        }
      }
    }
    expect(ids.size).toBe(12);
    expect([...ids].filter(([, { size }]) => size > 1)).toEqual([]);
  });
});

describe('the API', () => {
  it('takes 80 requests a second', () => {
    template.resourceCountIs('AWS::ApiGatewayV2::Stage', 1);
    template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      StageName: '$default',
      DefaultRouteSettings: { ThrottlingRateLimit: 80, ThrottlingBurstLimit: 160 },
    });
  });

  it('takes 4 batches a second, once there is a route for them', () => {
    const route = Object.entries(template.findResources('AWS::ApiGatewayV2::Route')).find(
      ([, { Properties }]) => Properties.RouteKey === BATCH,
    );
    template.hasResource('AWS::ApiGatewayV2::Stage', {
      Properties: {
        RouteSettings: { [BATCH]: { ThrottlingRateLimit: 4, ThrottlingBurstLimit: 8 } },
      },
      DependsOn: Match.arrayWith([route?.[0]]),
    });
  });

  it('has the function take batches from their own route alone, whatever the path is spelled like', async () => {
    const [stage] = Object.values(template.findResources('AWS::ApiGatewayV2::Stage'));
    const throttled = Object.keys(stage?.Properties.RouteSettings);
    const { ports, close } = await startTestApi();
    onTestFinished(close);
    const api = createApi(ports, {
      admittedCallers: undefined,
      remindAfterMinutes: 0,
      apiUrl: ITWIN_API_URL,
    });
    const gateway = await start({
      invoke: (event) => api(event as ApiEvent, {} as Context),
      routeKeys: throttled,
    });
    const statusOf = async (target: string) => {
      const headers = [['content-type', 'application/json']] as const;
      const request = { method: 'POST', target, headers, body: '{"jobs": []}' };
      return (await send(gateway.url, request)).status;
    };
    expect(await statusOf('/jobs/batch')).toBe(400);
    const others = [
      '/jobs/batch/',
      '//jobs/batch',
      '/jobs//batch',
      '/jobs/%62atch',
      '/jobs/b%2561tch',
    ].concat(['/jobs%2Fbatch', '/./jobs/batch', '/jobs/batch%3F', '/jobs/batch%2F', '/JOBS/BATCH']);
    for (const path of others) expect([path, await statusOf(path)]).toEqual([path, 404]);
  });

  it('hands a request over in payload format 2.0', () => {
    template.allResourcesProperties('AWS::ApiGatewayV2::Integration', {
      IntegrationType: 'AWS_PROXY',
      PayloadFormatVersion: '2.0',
    });
  });

  it('logs each request as JSON that says who called and what came of it', () => {
    const [stage] = Object.values(template.findResources('AWS::ApiGatewayV2::Stage'));
    const { DestinationArn, Format } = stage?.Properties.AccessLogSettings ?? {};
    expect(DestinationArn['Fn::GetAtt'][0]).toMatch(/AccessLog/);
    const quotedByGateway = '$context.error.messageString';
    expect(Format).toContain(`"error":${quotedByGateway},`);
    expect(JSON.parse(Format.replace(quotedByGateway, '"No."'))).toMatchObject({
      requestId: '$context.requestId',
      iamCaller: '$context.identity.userArn',
      tokenSubject: '$context.authorizer.claims.sub',
      status: '$context.status',
    });
  });
});

describe('the api function', () => {
  it('runs on Node 24 and arm64, and answers before API Gateway gives up', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Description: Match.stringLikeRegexp('^Registers'),
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Timeout: 29,
      LoggingConfig: {
        LogFormat: 'JSON',
        LogGroup: { Ref: Match.stringLikeRegexp('^RegistrationApiFunctionLog') },
      },
    });
  });
});
