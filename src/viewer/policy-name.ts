/** The one Trusted Types policy; it makes worker URLs of the page's own origin and nothing else. */
export const WORKER_POLICY_NAME = 'aw-worker'
