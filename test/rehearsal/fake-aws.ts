// Stands in for AWS in a process that imports it first: prints each request, and never has an alert.
const OUTPUTS = ['ApiUrl', 'AlertTopicArn', 'CallerPolicy'].map(
  (key) => `<OutputKey>${key}</OutputKey><OutputValue>https://${key}.example.com</OutputValue>`,
);

globalThis.fetch = async (url, { method, headers, body, signal } = {}) => {
  const operation =
    new Headers(headers).get('x-amz-target') ?? new URLSearchParams(String(body)).get('Action');
  console.log(operation ?? `${method} ${new URL(String(url)).pathname}`);
  if (operation !== 'AmazonSQS.ReceiveMessage') {
    const isForm = operation !== null && !operation.startsWith('AmazonSQS');
    // The API answers with the job as it was registered.
    const answer = operation === null && body ? String(body) : '{}';
    return new Response(isForm ? OUTPUTS.join('<member>') : answer);
  }
  return new Promise((_, reject) => {
    const isWaiting = setTimeout(() => reject(new Error('No signal came.')), 60_000);
    signal?.addEventListener('abort', () => {
      clearTimeout(isWaiting);
      reject(signal.reason);
    });
  });
};
