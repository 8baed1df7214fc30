/** Commands that differ in numbers alone, and how they are run in a copy of the project. */
interface Run {
  readonly commands: readonly string[];
  /** What is run in their place: the same at a smaller size. @default the only command there is */
  readonly as?: string;
  readonly prints: RegExp;
}

/** Commands that are run in a copy of the project, since some of them write into it. */
export const IN_A_COPY: readonly Run[] = [
  {
    commands: ['npm run format'],
    as: 'npm run format -- test/docs',
    prints: /Checked \d+ files .* No fixes applied\./,
  },
  { commands: ['npm run docs:alerts'], prints: /Test Files .*3 passed/ },
  { commands: ['npm run openapi'], prints: /docs\/openapi\.json/ },
  {
    commands: ['npm run simulate -- --runs 200 --seed 1'],
    as: 'npm run simulate -- --runs 3 --seed 1',
    prints: /: 0 violations/,
  },
  {
    commands: [
      'npm run simulate -- --runs 100000 --processes 2',
      'npm run simulate -- --runs 1000000 --seed 142180 --processes 2',
      'npm run simulate -- --runs 200000 --seed 21900001 --processes 2',
    ],
    as: 'npm run simulate -- --runs 4 --seed 142180 --processes 2',
    prints: /: 0 violations/,
  },
  {
    commands: ['npm run fuzz -- --runs 10000 --seed 1', 'npm run fuzz -- --runs 100000 --seed 1'],
    as: 'npm run fuzz -- --runs 50 --seed 1',
    prints: /(Nothing wrong in[\s\S]+){2}/,
  },
  {
    commands: ['npm run bench:scale'],
    as: 'npm run bench:scale -- --jobs 100 --rounds 1',
    prints: /^\| what \| target \|/m,
  },
  {
    commands: ['npm run bench:scale -- --imodels --jobs 100000'],
    as: 'npm run bench:scale -- --imodels --jobs 200 --rounds 1',
    prints: /^\| what \| target \|/m,
  },
  {
    commands: ['npm run bench:statistics'],
    as: 'npm run bench:statistics -- --runs 1000',
    prints: /^\| figures of a month with 1,000 runs .* met \|$/m,
  },
  {
    commands: [
      `echo "$TOKEN" | cut -d. -f2 | tr '_-' '/+' | base64 -d 2>/dev/null | jq '{iss, aud, client_id, sub, org}'`,
    ],
    // {"iss":"https://ims.bentley.com","aud":"A?>"} in base64url, which has no padding.
    as: `TOKEN=head.eyJpc3MiOiJodHRwczovL2ltcy5iZW50bGV5LmNvbSIsImF1ZCI6IkE_PiJ9.signature; echo "$TOKEN" | cut -d. -f2 | tr '_-' '/+' | base64 -d 2>/dev/null | jq '{iss, aud, client_id, sub, org}'`,
    prints: /"aud": "A\?>"/,
  },
  {
    commands: ['npx cdk synth'],
    as: `echo '{"stackName": "Prod", "emails": ["team@example.com"]}' > prod.json && npx cdk synth --quiet -c settings=prod.json -c checksPerMinute=200`,
    prints: /Bundling asset/,
  },
  { commands: ['npm version minor --no-git-tag-version'], prints: /^v\d+\.\d+\.0$/m },
];
