/** As the API tells it: what islands take. */
export const told = <Row extends { readonly at: Date }>(row: Row) => ({ ...row, at: row.at.toISOString() });
