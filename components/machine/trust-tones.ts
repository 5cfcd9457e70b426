/** How what was checked of a machine is coloured. */
export const TRUST_TONES = { new: 'neutral', selfTested: 'info', checkedByStaff: 'good' } as const;
