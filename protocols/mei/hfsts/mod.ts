export { type DecodedField, decodeRegister } from "./decode.ts";
export { type Generation, generationOf, generations, generationText, onlyFor } from "./generation.ts";
export { type Finding, type FirmwareHealth, firmwareHealth, type Reading } from "./health.ts";
export { parseRegisterWord, type RegisterWord, registerWordText } from "./word.ts";
