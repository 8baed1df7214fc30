/** What describes the API in OpenAPI: no function is deployed with it. */
const DESCRIPTIONS = '^functions/api/openapi/';

/** What a function may be bundled with. */
const LIBRARIES =
  'node_modules/(@types/aws-lambda|@aws-lambda-powertools|@aws-sdk|@middy|@smithy|oauth4webapi|p-limit|p-map|zod)/';

/** The walls between the folders. What each folder is for: docs/architecture.md. */
const walls = [
  {
    name: 'core-imports-only-core',
    comment: 'core decides; it does no I/O and knows no library',
    from: { path: '^functions/core/' },
    to: { pathNot: '^functions/core/' },
  },
  {
    name: 'adapters-import-only-core-and-libraries',
    comment: 'an adapter knows one outside system and nothing of who uses it',
    from: { path: '^functions/adapters/' },
    to: { path: '^(functions/(api|monitor)|bin|lib|local|rehearsal|test|bench)/' },
  },
  {
    name: 'functions-do-not-import-each-other',
    comment: 'the api and the monitor are deployed apart and meet only in the tables',
    from: { path: '^functions/(api|monitor)/' },
    to: { path: '^functions/(api|monitor)/', pathNot: '^functions/$1/' },
  },
  {
    name: 'use-cases-know-no-http',
    comment: 'what the API does for its callers can be tried, and simulated, without HTTP',
    from: { path: '^functions/api/use-cases/' },
    to: { pathNot: '^functions/(core|api/use-cases)/|^(node:)?crypto$' },
  },
  {
    name: 'infrastructure-names-functions-but-does-not-import-them',
    comment: 'lib and bin point at entry files; what runs at synth must not run function code',
    from: { path: '^(bin|lib)/' },
    to: { path: '^functions/' },
  },
  {
    name: 'client-knows-only-the-document',
    comment: 'whoever calls the API takes the client without the rest of the project',
    from: { path: '^client/' },
    to: { path: '^(bin|cli|lib|functions|page|local|rehearsal|test|bench)/' },
  },
  {
    name: 'cli-knows-only-the-client',
    comment: 'the command line speaks to any monitor over HTTP, as everybody does',
    from: { path: '^cli/' },
    to: { path: '^(bin|lib|functions|local|rehearsal|test|bench)/' },
  },
  {
    name: 'nothing-imports-the-cli',
    comment: 'it is a program, no library; what two programs need belongs to the client',
    from: { pathNot: '^(cli|test)/' },
    to: { path: '^cli/' },
  },
  {
    name: 'page-knows-only-the-client',
    comment: 'the page runs in a browser and speaks to the API over HTTP, as everybody does',
    from: { path: '^page/', pathNot: '^page/build[.]ts$' },
    to: { path: '^((bin|cli|lib|functions|local|rehearsal|test|bench)/|page/build[.]ts$)' },
  },
  {
    name: 'only-the-build-of-the-page-is-imported',
    comment:
      'what runs in a browser runs nowhere else; what is decided twice belongs to the client',
    from: { path: '^(bin|cli|client|lib|functions|local|rehearsal|bench)/' },
    to: { path: '^page/', pathNot: '^page/build[.]ts$' },
  },
  {
    name: 'product-does-not-import-the-local-run',
    comment: 'nothing that is deployed may depend on the laptop version of the world, or of AWS',
    from: { path: '^(bin|lib|functions)/' },
    to: { path: '^(local|rehearsal|test|bench)/' },
  },
  {
    name: 'functions-use-few-libraries',
    comment:
      'a function is bundled with what it imports: these, and nothing that only develops or tests',
    from: { path: '^functions/', pathNot: DESCRIPTIONS },
    to: { path: 'node_modules/', pathNot: LIBRARIES, dependencyTypesNot: ['core'] },
  },
  {
    name: 'functions-are-free-of-what-describes-the-api',
    comment: 'descriptions and examples make the document; a function needs their types at most',
    from: { path: '^functions/', pathNot: DESCRIPTIONS },
    to: { path: DESCRIPTIONS, dependencyTypesNot: ['type-only'] },
  },
  {
    name: 'no-cycles',
    comment: 'a cycle is one module in two files',
    from: {},
    to: { circular: true },
  },
];

export default {
  forbidden: walls.map((wall) => ({ severity: 'error', ...wall })),
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node'],
    },
  },
};
