import type { WsmanClass } from "../class.ts";
import { alarmClockOccurrence, alarmClockService } from "./alarm.ts";
import { authorizationService } from "./authorization.ts";
import { bootConfigSetting, bootService, bootSourceSetting } from "./boot_service.ts";
import { bootCapabilities, bootSettingData } from "./boot_settings.ts";
import { optInService } from "./consent.ts";
import { generalSettings } from "./general_settings.ts";
import { card, chassis, computerSystem, computerSystemPackage, systemPackaging } from "./hardware.ts";
import { hostBasedSetupService } from "./host_based_setup.ts";
import { physicalMemory } from "./memory.ts";
import { messageLog } from "./message_log.ts";
import { environmentDetectionSettingData, ethernetPort, ethernetPortSettings } from "./network.ts";
import {
  associatedPowerManagementService,
  hostBootReason,
  osPowerManagementService,
  powerManagementService,
  serviceAvailableToElement,
} from "./power.ts";
import { chip, processor } from "./processor.ts";
import { kvmRedirectionSap, kvmRedirectionSettingData, redirectionService } from "./redirection.ts";
import { battery, fan, sensor } from "./sensors.ts";
import { setupAndConfigurationService } from "./setup.ts";
import { biosElement, softwareIdentity } from "./software.ts";
import { mediaAccessDevice, physicalPackage } from "./storage.ts";
import { timeSynchronizationService } from "./time.ts";
import { publicKeyCertificate, tlsCredentialContext, tlsProtocolEndpointCollection, tlsSettingData } from "./tls.ts";

/** Every class that some release of the simulated AMT has. */
export const allClasses: readonly WsmanClass[] = [
  alarmClockOccurrence,
  alarmClockService,
  associatedPowerManagementService,
  authorizationService,
  battery,
  biosElement,
  bootCapabilities,
  bootConfigSetting,
  bootService,
  bootSettingData,
  bootSourceSetting,
  card,
  chassis,
  chip,
  computerSystem,
  computerSystemPackage,
  environmentDetectionSettingData,
  ethernetPort,
  ethernetPortSettings,
  fan,
  generalSettings,
  hostBasedSetupService,
  hostBootReason,
  kvmRedirectionSap,
  kvmRedirectionSettingData,
  mediaAccessDevice,
  messageLog,
  optInService,
  osPowerManagementService,
  physicalMemory,
  physicalPackage,
  powerManagementService,
  processor,
  publicKeyCertificate,
  redirectionService,
  sensor,
  serviceAvailableToElement,
  setupAndConfigurationService,
  softwareIdentity,
  systemPackaging,
  timeSynchronizationService,
  tlsCredentialContext,
  tlsProtocolEndpointCollection,
  tlsSettingData,
];
