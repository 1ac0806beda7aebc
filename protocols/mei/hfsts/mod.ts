export { type DecodedField, decodeRegister } from "./decode.ts";
export { type Generation, generationOf, generations, generationText, onlyFor } from "./generation.ts";
export { comesWithoutAmt, type FirmwareHealth, firmwareHealth } from "./health.ts";
export { nodeGeneration } from "./node_generation.ts";
export { parseRegisterWord, type RegisterWord, registerWordText } from "./word.ts";
