/** Rejections of this part, with what to do next. */
export const BODY_HINTS = {
  BODY_OUT_OF_RANGE: 'No body can be like that. The notes name the measure that does not fit; choose another value.',
  SLOT_NOT_FOUND: 'The body has no such slot. Read its record for the ids of its slots.',
  SLOT_LIMIT: 'The body cannot grow any further.',
  SLOT_MISMATCH: 'The module does not fit this slot. Use a slot of its type, or a universal one.',
  SLOT_UNCHANGED: 'The slot holds that already.',
  NOT_EQUIPPABLE: 'This is neither a body module of the world nor an artifact of yours that is not for sale. Check the id or the hash.',
  NO_MODULE_RACK: 'Growing the body takes one module_rack in the cargo. Get one first.',
  NO_SENSOR: 'The body has no working sensor. Equip a slot with m1.sensor.basic.',
  NO_MOBILITY: 'The body cannot move itself. Equip a slot with m1.mobility.basic.',
  NO_POWER_SLOT: 'The body has no working power slot. Equip one with m1.power.radiation_harvest.',
  NOTHING_NEW: 'The agent has learned here what there is to learn. Survey another asteroid.',
  SELF_GRANT: 'An agent has access to its own data anyway. Name another one.',
  ACCESS_EXISTS: 'That agent has access already.',
  ACCESS_NOT_FOUND: 'That agent has no access that could be revoked.',
  ACCESS_LIMIT: 'No more agents can have access to this data. Revoke a grant first.',
} as const
