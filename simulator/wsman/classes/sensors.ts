import type { WsmanClass } from "../class.ts";
import type { Fields } from "../value.ts";

const keys = ["CreationClassName", "DeviceID", "SystemCreationClassName", "SystemName"];
const ofHost: Fields = { SystemCreationClassName: "CIM_ComputerSystem", SystemName: "ManagedSystem" };

/** CIM_Battery: laptops have one. */
export const battery: WsmanClass = {
  name: "CIM_Battery",
  keys,
  instances: ({ origin }) =>
    !origin.isMobile ? [] : [{
      ...ofHost,
      BatteryStatus: 2,
      ChargingStatus: 0,
      Chemistry: 2,
      CreationClassName: "CIM_Battery",
      DesignCapacity: 5000,
      DesignVoltage: 11_550,
      DeviceID: "SIMBAT50",
      ElementName: "",
      EnabledState: 2,
      EstimatedChargeRemaining: 0,
      FullChargeCapacity: 0,
      HealthState: 0,
      RequestedState: 2,
    }],
};

export const sensor: WsmanClass = {
  name: "CIM_Sensor",
  keys,
  instances: () => [{
    ...ofHost,
    CreationClassName: "CIM_Sensor",
    CurrentState: "Unknown",
    DeviceID: "Sensor 1",
    ElementName: "Sensor",
    EnabledState: 5,
    HealthState: 5,
    OperationalStatus: 2,
    PossibleStates: ["Bad", "Good", "Unknown"],
    RequestedState: 12,
    SensorType: 0,
  }],
};

export const fan: WsmanClass = {
  name: "CIM_Fan",
  keys,
  instances: () => [{
    ...ofHost,
    ActiveCooling: true,
    CreationClassName: "CIM_Fan",
    DesiredSpeed: 0,
    DeviceID: "Fan 0",
    ElementName: "Fan",
    EnabledState: 5,
    HealthState: 5,
    OperationalStatus: 2,
    RequestedState: 12,
    VariableSpeed: false,
  }],
};
