/** So many lines of hours a form reads: as many as a calendar can have. */
export const HOURS_LINES = 28;
