// Generated from artifacts/trusted_signers.json; "npm run artifacts -- sync all" writes it anew.

/** Who may sign built-in modules; public keys in hex. */
export const SIGNERS: readonly { readonly node_id: string; readonly public_key: string }[] = [
  { node_id: 'agent-world.builtin.1', public_key: 'a5e5613dd4a7837b1e55436ea1b1d2d02270288daf687f134250eef760694aeb' },
]
