// Plain enough for any Node to read, so that a Node that is too old gets a sentence and not a syntax error.
var version = process.versions.node.split('.').map(Number);
if (version[0] < 20 || (version[0] === 20 && version[1] < 19)) {
  console.error(
    `Sublet needs Node.js 20.19 or newer for its tests; this is ${process.versions.node}. Install a newer one from https://nodejs.org.`,
  );
  process.exit(1);
}
import('./lib/launch.mjs').then((launch) => launch.launch('./test/main.mjs'));
