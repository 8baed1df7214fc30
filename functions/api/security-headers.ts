import httpSecurityHeaders from '@middy/http-security-headers';

/**
 * Middleware that adds the security headers that mean something for JSON which no page embeds; the
 * rest of the middleware's defaults speak to browsers about documents.
 * [https://cheatsheetseries.owasp.org/cheatsheets/REST_Security_Cheat_Sheet.html#security-headers]
 */
export function securityHeaders() {
  return httpSecurityHeaders({
    contentSecurityPolicy: {
      'default-src': "'none'",
      'report-to': '',
      'require-trusted-types-for': '',
    },
    crossOriginEmbedderPolicy: false,
    crossOriginOpenerPolicy: false,
    dnsPrefetchControl: false,
    downloadOptions: false,
    originAgentCluster: false,
    permissionsPolicy: false,
    permittedCrossDomainPolicies: false,
    reportTo: false,
  });
}
