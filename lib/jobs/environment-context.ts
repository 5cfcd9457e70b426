/** What encrypted variables are bound to: an array's text does not open as another's. */
export function environmentContext(arrayId: string): string {
  return `sublet/job-environment/v1|${arrayId}`;
}
