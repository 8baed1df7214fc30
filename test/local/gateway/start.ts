import { onTestFinished } from 'vitest';
import { type Gateway, type GatewayOptions, startGateway } from '../../../local/gateway/server.ts';

/** A gateway for the length of one test, on a free port; its function answers unless one is given. */
export async function start(options: Partial<GatewayOptions>): Promise<Gateway> {
  const gateway = await startGateway({
    port: 0,
    invoke: async () => ({ statusCode: 200, body: 'from the function' }),
    ...options,
  });
  onTestFinished(() => gateway.close());
  return gateway;
}
