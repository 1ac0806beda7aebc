type Value = string | boolean;

const yes = { YES: true, NO: false };
const sign = { Locked: false, Enabled: true, Valid: true };
const workingState = {
  "Normal": "normal",
  "Recovery": "recovery",
  "Disabled": "disabled",
  "Disabled and waiting to timeout": "disableWait",
  "Initializing": "initializing",
};
const operationState = {
  "M0 with UMA": "m0WithUma",
  "CM0 with UMA": "m0WithUma",
  "Transitioning": "preboot",
  "Bring Up": "bringUp",
  "Bring up": "bringUp",
};
const operationMode = {
  "Normal": "normal",
  "Debug": "debugOrHap",
  "Alt Disable Mode": "debugOrHap",
  "Unsecured mode by H/W jumper": "overrideJumper",
};
const errorCode = { "No Error": "none", "Image Failure": "imageFailure", "Disabled": "disabled" };
const phase = {
  "HOSTCOMM Module": "hostCommunication",
  "Host Communication": "hostCommunication",
  "BringUp": "bringUp",
  "BUP Phase": "bringUp",
};

/** Which field a label of another program is about, and which value its words stand for. */
export const dictionary: Readonly<
  Record<string, readonly [register: number, fields: readonly string[], words: Readonly<Record<string, Value>>]>
> = {
  "CurrentState": [1, ["workingState"], workingState],
  "Current Working State": [1, ["workingState"], workingState],
  "ManufacturingMode": [1, ["manufacturingMode"], { Enabled: true, Disabled: false }],
  "Manufacturing Mode": [1, ["manufacturingMode"], yes],
  "MEI manufacturing mode": [1, ["flashDescriptorOpen"], sign],
  "SPI Protection Mode Enabled": [1, ["flashDescriptorOpen"], { YES: false, NO: true }],
  "FlashPartition": [1, ["flashPartitionTableBad"], { Valid: false }],
  "FW Partition Table": [1, ["flashPartitionTableBad"], { OK: false, BAD: true }],
  "OperationalState": [1, ["operationState"], operationState],
  "Current Operation State": [1, ["operationState"], operationState],
  "InitComplete": [1, ["initComplete"], { Complete: true, Initializing: false }],
  "Firmware Init Complete": [1, ["initComplete"], yes],
  "BUPLoadState": [1, ["bringUpLoadFailure"], { Success: false }],
  "Bringup Loader Failure": [1, ["bringUpLoadFailure"], yes],
  "Update In Progress": [1, ["updateInProgress"], yes],
  "Boot Options Present": [1, ["bootOptionsPresent"], yes],
  "ErrorCode": [1, ["errorCode"], errorCode],
  "Error Code": [1, ["errorCode"], errorCode],
  "ModeOfOperation": [1, ["operationMode"], operationMode],
  "Current Operation Mode": [1, ["operationMode"], operationMode],
  "ICC": [2, ["clockProgramming"], {
    "Valid OEM data, ICC programmed": "programmed",
    "No valid OEM data, ICC not programmed": "none",
  }],
  "ME File System Corrupted": [2, ["fileSystemFailure"], { No: false }],
  "Phase": [2, ["phase"], phase],
  "Progress Phase": [2, ["phase"], phase],
  "Power Management Event": [2, ["powerEvent"], {
    "Clean Moff->Mx wake": "wake",
    "Moff->Mx wake after an error": "wakeAfterError",
    "Pseudo-global reset": "pseudoGlobalReset",
    "Non-power cycle reset": "resetWithoutPowerCycle",
  }],
  "FW Version": [3, ["sku"], { "H Corporate": "corporate" }],
  "Intel BootGuard": [5, ["valid"], sign],
  "Intel BootGuard ACM protected": [5, ["acmActive", "acmDone"], sign],
  "Intel BootGuard OTP fuse": [6, ["fusesLocked"], sign],
  "FPFs Committed": [6, ["fusesLocked"], yes],
  "FPF and ME Config Status": [6, ["fusesLocked"], { Committed: true }],
  "Manufacturing Vars Locked": [6, ["manufacturingLock"], yes],
};
