import type { SelfTest, Specification } from '#protocol/specification.ts';

/** The GPUs of a specification, each UUID once, in the order in which they were reported. */
export function distinctGpus(specification: Pick<Specification, 'gpus'>): Specification['gpus'] {
  return [...new Map(specification.gpus.map((gpu) => [gpu.uuid, gpu])).values()];
}

/** What of a specification people decide by; temperatures and free disk change all the time and are no news. */
function substance(specification: Specification) {
  const { gpus, docker, problems, hostname, os, kernel, cpuModel, cpuThreads, memoryBytes, diskTotalBytes } =
    specification;
  return {
    gpus: gpus.map(({ uuid, model, vramBytes, driverVersion, ecc, mig }) => [
      uuid,
      model,
      vramBytes,
      driverVersion,
      ecc,
      mig,
    ]),
    docker,
    problems,
    hostname,
    os,
    kernel,
    cpuModel,
    cpuThreads,
    memoryBytes,
    diskTotalBytes,
  };
}

/** Whether a new specification says something that is worth an event. */
export function isNews(before: Specification | null, after: Specification): boolean {
  return before === null || JSON.stringify(substance(before)) !== JSON.stringify(substance(after));
}

/** What of a self-test is worth an event: which checks hold. Figures differ from run to run and are no news. */
function outcome(test: SelfTest) {
  return [test.passed, test.checks.map(({ name, passed, warning = false }) => [name, passed, warning])];
}

/** Whether a self-test came out otherwise than the one before. */
export function isOtherResult(before: SelfTest | null, after: SelfTest): boolean {
  return before === null || JSON.stringify(outcome(before)) !== JSON.stringify(outcome(after));
}
