/**
 * Counts from Vitest's JSON report, and what each failure said. A file that could not even be loaded has no tests and counts as one failure; a run that
 * failed with no failure to show for it (a crash, an unhandled error) too.
 */
export function vitestCounts(json, ok) {
  if (json === null) return unread('the tests without a browser');
  const failures = json.testResults.flatMap((file) => {
    const bad = file.assertionResults.filter((one) => one.status === 'failed');
    if (file.status === 'failed' && bad.length === 0) return [{ name: file.name, said: file.message ?? '' }];
    return bad.map((one) => ({ name: `${file.name} › ${one.fullName}`, said: one.failureMessages.join('\n') }));
  });
  return {
    passed: json.numPassedTests,
    skipped: json.numPendingTests + json.numTodoTests,
    ...explained(failures, ok, 'the tests without a browser'),
  };
}

/** The same from Playwright's; a test that passed at a second try counts as passed only because retries are off. */
export function playwrightCounts(json, ok) {
  if (json === null) return unread('the tests in a browser');
  const { expected, skipped } = json.stats;
  const failures = json.suites.flatMap(specsOf).flatMap((spec) =>
    spec.tests
      .filter((test) => test.status === 'unexpected' || test.status === 'flaky')
      .map((test) => ({
        name: `${spec.file}:${spec.line} › ${spec.title}`,
        said: test.results.flatMap((one) => one.errors.map((error) => error.message ?? '')).join('\n'),
      })),
  );
  return { passed: expected, skipped, ...explained(failures, ok, 'the tests in a browser') };
}

function specsOf(suite) {
  return [...suite.specs, ...(suite.suites ?? []).flatMap(specsOf)];
}

function explained(failures, ok, step) {
  const all =
    failures.length === 0 && !ok ? [{ name: step, said: 'It failed, and no test of it did: see above.' }] : failures;
  return { failed: all.length, failures: all };
}

function unread(step) {
  return { passed: 0, skipped: 0, ...explained([], false, step) };
}
