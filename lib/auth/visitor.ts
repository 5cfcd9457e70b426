/** Somebody whom no session names yet: where the request comes from and what program sent it. */
export type Visitor = { readonly address: string; readonly label: string };
