/** By number, as the module has them (`assembly/attribute-list.ts`); also what `attribute_keys` calls them. */
export const attributeTypes: readonly string[] = ['string', 'int', 'double', 'bool', 'other'];
