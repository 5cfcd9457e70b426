/** Without one of its own, the build takes the market's. */
export function register(): void {}
