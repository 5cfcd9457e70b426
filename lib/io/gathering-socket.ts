import { Socket } from 'node:net';

/**
 * A socket that writes at once what is corked and uncorked in one turn. The database's driver corks each statement by itself, and each write
 * wakes the database, which costs both sides more than what they read: statements that travel together are one write here.
 */
export class GatheringSocket extends Socket {
  #gathering = false;

  override uncork(): void {
    if (this.#gathering) {
      super.uncork();
      return;
    }
    this.#gathering = true;
    // Corked once more than uncorked until all that is asked without waiting is asked.
    process.nextTick(() => {
      this.#gathering = false;
      super.uncork();
    });
  }
}
