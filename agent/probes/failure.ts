/** Something about this machine could not be read. The message is a sentence for its owner, with the way to mend it. */
export class ProbeFailure extends Error {
  override readonly name = 'ProbeFailure';
}
