import type { SelfTest } from '#protocol/specification.ts';

/** A folder or file of a machine, as a sentence names it. */
const PATH = /(^|[\s"'(])\/[^\s"'),;]+/g;

/** A self-test as strangers see it: how it went, but not where things are on its host's disk, nor how to mend them. */
export function selfTestForStrangers(test: SelfTest): SelfTest {
  return {
    ...test,
    checks: test.checks.map((check) => ({ ...check, detail: check.detail.replace(PATH, '$1(a path)'), fix: null })),
  };
}
