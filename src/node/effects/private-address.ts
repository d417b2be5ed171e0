import { BlockList, isIP } from 'node:net'

/** Networks nobody reaches over the internet (IANA special-purpose registries), where services of this host and its neighbours listen. */
const PRIVATE = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8], ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['169.254.0.0', 16], ['172.16.0.0', 12], ['192.0.0.0', 24], ['192.0.2.0', 24],
  ['192.88.99.0', 24], ['192.168.0.0', 16], ['198.18.0.0', 15], ['198.51.100.0', 24], ['203.0.113.0', 24], ['224.0.0.0', 4], ['240.0.0.0', 4],
] as const) PRIVATE.addSubnet(network, prefix, 'ipv4')
/** All of IPv6 but what is global unicast, and in that the parts that carry IPv4 addresses or are not routed. */
const GLOBAL_6 = new BlockList()
GLOBAL_6.addSubnet('2000::', 3, 'ipv6')
for (const [network, prefix] of [['2001::', 23], ['2001:db8::', 32], ['2002::', 16], ['3fff::', 20]] as const) PRIVATE.addSubnet(network, prefix, 'ipv6')

/** Whether an address, as DNS gives it, must not be connected to for strangers. What is no address counts as private. */
export function isPrivateAddress(address: string): boolean {
  const family = isIP(address)
  if (family === 4) return PRIVATE.check(address, 'ipv4')
  return family !== 6 || !GLOBAL_6.check(address, 'ipv6') || PRIVATE.check(address, 'ipv6')
}
