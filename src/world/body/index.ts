import { applier } from '../part.ts'
import type { KernelPart } from '../part.ts'
import { applyBodyAttributes, bodyAction } from './change-attributes.ts'
import { applyBodyExpanded, applySlotEquipped, equipBodySlot, expandBodyInterface } from './change-slots.ts'
import { applyCollectionStarted, applyDataCollected, collectData, collectionEnd } from './collect-data.ts'
import { applyAccessGranted, applyAccessRevoked, grantDataAccess, revokeDataAccess } from './data-access.ts'
import { bodyRecordSchema, dataAccessRecordSchema, surveyRecordSchema } from './records.ts'

/** Bodies and their slots, data collection and access to data. */
export const body: KernelPart = {
  actions: [bodyAction, expandBodyInterface, equipBodySlot, collectData, grantDataAccess, revokeDataAccess],
  appliers: [
    ['body.attributes_updated', applier(applyBodyAttributes)],
    ['body.expanded', applier(applyBodyExpanded)],
    ['body.slot_equipped', applier(applySlotEquipped)],
    ['data.collection_started', applier(applyCollectionStarted)],
    ['data.collected', applier(applyDataCollected)],
    ['data.access_granted', applier(applyAccessGranted)],
    ['data.access_revoked', applier(applyAccessRevoked)],
  ],
  due: [['collection_end', collectionEnd]],
  directives: [],
  tickFacts: [],
  records: [
    [/^body\/[0-9a-f]{32}$/, bodyRecordSchema],
    [/^survey\/[0-9a-f]{32}$/, surveyRecordSchema],
    [/^data_access\/[0-9a-f]{32}$/, dataAccessRecordSchema],
  ],
}
