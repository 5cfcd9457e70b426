import { describe, expect, it } from 'vitest';
import { jobVariables } from './variables.ts';

const place = {
  jobId: 'job_1',
  index: 3,
  size: 10,
  attempt: 1,
  rank: 1,
  machines: 4,
  gpuCount: 8,
  artifactsPath: null,
  checkpointPath: '/checkpoints',
};

describe('what a job’s command is told', () => {
  it('is its place in the array, and beside other machines which of them it is, as launchers call it', () => {
    expect(jobVariables({ A: 'b' }, place)).toEqual({
      A: 'b',
      NODE_RANK: '1',
      NNODES: '4',
      NPROC_PER_NODE: '8',
      SUBLET_JOB_ID: 'job_1',
      SUBLET_ARRAY_INDEX: '3',
      SUBLET_ARRAY_SIZE: '10',
      SUBLET_ATTEMPT: '1',
      SUBLET_MACHINE_RANK: '1',
      SUBLET_MACHINES: '4',
      SUBLET_CHECKPOINT: '/checkpoints',
    });
  });

  it('leaves the names of launchers alone where its renter set them, and where it is one machine', () => {
    expect(jobVariables({ NNODES: '1', NODE_RANK: '0' }, place)).toMatchObject({ NNODES: '1', NODE_RANK: '0' });
    expect(Object.keys(jobVariables({}, { ...place, rank: 0, machines: 1 }))).not.toContain('NNODES');
  });

  it('names no address of another machine: there is none that it could dial', () => {
    expect(Object.keys(jobVariables({}, place)).filter((name) => /ADDR|HOST|PORT|PEER/.test(name))).toEqual([]);
  });
});
