-- Wireshark dissector for the traces that amtctl --trace writes (docs/trace-format.md).
--   tshark -X lua_script:amtctl.lua -r FILE, or put it into Wireshark's folder of personal Lua plugins.

local packet = Proto("amtctl", "amtctl MEI trace")
local apf = Proto("amt_apf", "AMT Port Forwarding")
local amthi = Proto("amt_amthi", "AMT Host Interface")
local mkhi = Proto("amt_mkhi", "ME Kernel Host Interface")

local events = {
  [0] = "Message", [1] = "Connect", [2] = "Connected", [3] = "Refused",
  [4] = "Disconnect", [5] = "Lost", [6] = "Unsent",
}
local MESSAGE = 0
local directions = { [0] = "to firmware", [1] = "from firmware" }
local HEAD = 28

local h = {
  version = ProtoField.uint8("amtctl.version", "Version"),
  event = ProtoField.uint8("amtctl.event", "Event", base.DEC, events),
  direction = ProtoField.uint8("amtctl.direction", "Direction", base.DEC, directions),
  left_out = ProtoField.bool("amtctl.left_out", "End of the message left out", 8, nil, 0x01),
  client = ProtoField.guid("amtctl.client", "Client"),
  connection = ProtoField.uint32("amtctl.connection", "Connection"),
  length = ProtoField.uint32("amtctl.length", "Length of the message"),
  text = ProtoField.string("amtctl.text", "Text"),
  data = ProtoField.bytes("amtctl.data", "Data"),
}
packet.fields = h

local clients = {
  ["12f80028-b4b7-4b2d-aca8-46e0ff65814c"] = "AMTHI",
  ["6733a4db-0476-4e7b-b3af-bcfc29bee7a7"] = "LME",
  ["05b79a6f-4628-4d7f-899d-a91514cb32ab"] = "WD",
  ["8e6a6715-9abc-4043-88ef-9e39c6f63e0f"] = "MKHI",
  ["55213584-9a29-4916-badf-0fb7ed682aeb"] = "MKHI-FIX",
  ["dd17041c-09ea-4b17-a271-5b989867ec65"] = "MCHI",
  ["92136c79-5fea-4cfd-980e-23be07fa5e9f"] = "UPID",
  ["082ee5a7-7c25-470a-9643-0c06f0466ea1"] = "HOTHAM",
}

local function guid_of(range)
  local b = range:bytes()
  local function hex(...)
    local text = ""
    for _, i in ipairs({ ... }) do text = text .. string.format("%02x", b:get_index(i)) end
    return text
  end
  return hex(3, 2, 1, 0) .. "-" .. hex(5, 4) .. "-" .. hex(7, 6) .. "-" .. hex(8, 9) .. "-" .. hex(10, 11, 12, 13, 14, 15)
end

-- APF ---------------------------------------------------------------------------------------------------------------

local apf_types = {
  [1] = "DISCONNECT", [5] = "SERVICE_REQUEST", [6] = "SERVICE_ACCEPT", [50] = "USERAUTH_REQUEST",
  [51] = "USERAUTH_FAILURE", [52] = "USERAUTH_SUCCESS", [80] = "GLOBAL_REQUEST", [81] = "REQUEST_SUCCESS",
  [82] = "REQUEST_FAILURE", [90] = "CHANNEL_OPEN", [91] = "CHANNEL_OPEN_CONFIRMATION", [92] = "CHANNEL_OPEN_FAILURE",
  [93] = "CHANNEL_WINDOW_ADJUST", [94] = "CHANNEL_DATA", [97] = "CHANNEL_CLOSE", [192] = "PROTOCOLVERSION",
  [208] = "KEEPALIVE_REQUEST", [209] = "KEEPALIVE_REPLY", [210] = "KEEPALIVE_OPTIONS_REQUEST",
  [211] = "KEEPALIVE_OPTIONS_REPLY", [250] = "JSON_CONTROL",
}
local open_failures = {
  [1] = "ADMINISTRATIVELY_PROHIBITED", [2] = "CONNECT_FAILED", [3] = "UNKNOWN_CHANNEL_TYPE", [4] = "RESOURCE_SHORTAGE",
}
local triggers = { [1] = "user", [2] = "alert", [3] = "provisioning", [4] = "periodic", [254] = "LME" }

local a = {
  type = ProtoField.uint8("amt_apf.type", "Type", base.DEC, apf_types),
  reason = ProtoField.uint32("amt_apf.reason", "Reason"),
  open_failure = ProtoField.uint32("amt_apf.open_failure", "Reason", base.DEC, open_failures),
  service = ProtoField.string("amt_apf.service", "Service"),
  user = ProtoField.string("amt_apf.user", "User"),
  method = ProtoField.string("amt_apf.method", "Method"),
  methods = ProtoField.string("amt_apf.methods", "Methods"),
  partial = ProtoField.bool("amt_apf.partial_success", "Partial success"),
  request = ProtoField.string("amt_apf.request", "Request"),
  want_reply = ProtoField.bool("amt_apf.want_reply", "Wants a reply"),
  channel_type = ProtoField.string("amt_apf.channel_type", "Channel type"),
  recipient = ProtoField.uint32("amt_apf.recipient", "Recipient's channel"),
  sender = ProtoField.uint32("amt_apf.sender", "Sender's channel"),
  window = ProtoField.uint32("amt_apf.window", "Window in bytes"),
  bytes_to_add = ProtoField.uint32("amt_apf.bytes_to_add", "Bytes to add"),
  address = ProtoField.string("amt_apf.address", "Address"),
  port = ProtoField.uint32("amt_apf.port", "Port"),
  originator = ProtoField.string("amt_apf.originator", "Originator's address"),
  originator_port = ProtoField.uint32("amt_apf.originator_port", "Originator's port"),
  data_length = ProtoField.uint32("amt_apf.data_length", "Length of the data"),
  data = ProtoField.bytes("amt_apf.data", "Data"),
  major = ProtoField.uint32("amt_apf.major", "Major version"),
  minor = ProtoField.uint32("amt_apf.minor", "Minor version"),
  trigger = ProtoField.uint32("amt_apf.trigger", "Triggered by", base.DEC, triggers),
  uuid = ProtoField.guid("amt_apf.uuid", "UUID of the system"),
  cookie = ProtoField.uint32("amt_apf.cookie", "Cookie"),
  interval = ProtoField.uint32("amt_apf.interval", "Interval in seconds"),
  timeout = ProtoField.uint32("amt_apf.timeout", "Timeout in seconds"),
}
apf.fields = a
local cut = ProtoExpert.new("amt_apf.cut", "The message ends within a field", expert.group.MALFORMED, expert.severity.ERROR)
apf.experts = { cut }

-- Reads field after field; the first one that is not there ends the message.
local function reader(tvb, tree, at)
  local self = { at = at, info = {}, broken = false }
  local function room(length)
    if self.broken or length > tvb:len() - self.at then
      if not self.broken then tree:add_proto_expert_info(cut) end
      self.broken = true
      return false
    end
    return true
  end
  function self.number(field, label, size)
    size = size or 4
    if not room(size) then return nil end
    local range = tvb(self.at, size)
    tree:add(field, range)
    self.at = self.at + size
    local value = range:uint()
    if label then table.insert(self.info, label .. "=" .. value) end
    return value
  end
  function self.text(field, label)
    if not room(4) then return nil end
    local length = tvb(self.at, 4):uint()
    self.at = self.at + 4
    if not room(length) then return nil end
    local value = ""
    if length > 0 then
      local range = tvb(self.at, length)
      value = range:string()
      tree:add(field, range)
    else
      tree:add(field, tvb(self.at - 4, 4), "")
    end
    self.at = self.at + length
    if label then table.insert(self.info, label .. "=" .. value) end
    return value
  end
  function self.skip(length)
    if room(length) then self.at = self.at + length end
  end
  function self.guid(field)
    if not room(16) then return end
    tree:add_le(field, tvb(self.at, 16))
    self.at = self.at + 16
  end
  -- Bytes after their count, as far as the trace has them.
  function self.data()
    local length = self.number(a.data_length, "length")
    local there = math.min(length or 0, tvb:len() - self.at)
    if there > 0 then tree:add(a.data, tvb(self.at, there)) end
    self.at = self.at + there
  end
  return self
end

local function addresses(r)
  r.text(a.address, "address")
  r.number(a.port, "port")
end

local function originator(r)
  r.text(a.originator, "originator")
  r.number(a.originator_port, "originator_port")
end

local function global_request(r)
  local request = r.text(a.request, "request")
  r.number(a.want_reply, nil, 1)
  if request == "tcpip-forward" or request == "cancel-tcpip-forward" then addresses(r) end
  if request == "udp-send-to@amt.intel.com" then
    addresses(r)
    originator(r)
    r.data()
  end
end

local function cookie(r) r.number(a.cookie, "cookie") end

local function keepalive_options(r)
  r.number(a.interval, "interval")
  r.number(a.timeout, "timeout")
end

local function service(r) r.text(a.service, "service") end

local bodies = {
  [1] = function(r) r.number(a.reason, "reason") end,
  [5] = service,
  [6] = service,
  [50] = function(r)
    r.text(a.user, "user")
    r.text(a.service, "service")
    r.text(a.method, "method")
  end,
  [51] = function(r)
    r.text(a.methods, "methods")
    r.number(a.partial, nil, 1)
  end,
  [80] = global_request,
  [81] = function(r, left) if left > 0 then r.number(a.port, "port") end end,
  [90] = function(r)
    r.text(a.channel_type, "type")
    r.number(a.sender, "sender")
    r.number(a.window, "window")
    r.skip(4)
    addresses(r)
    originator(r)
  end,
  [91] = function(r)
    r.number(a.recipient, "recipient")
    r.number(a.sender, "sender")
    r.number(a.window, "window")
  end,
  [92] = function(r)
    r.number(a.recipient, "recipient")
    r.number(a.open_failure, "reason")
  end,
  [93] = function(r)
    r.number(a.recipient, "recipient")
    r.number(a.bytes_to_add, "add")
  end,
  [94] = function(r)
    r.number(a.recipient, "recipient")
    r.data()
  end,
  [97] = function(r) r.number(a.recipient, "recipient") end,
  [192] = function(r)
    r.number(a.major, "major")
    r.number(a.minor, "minor")
    r.number(a.trigger)
    r.guid(a.uuid)
  end,
  [208] = cookie,
  [209] = cookie,
  [210] = keepalive_options,
  [211] = keepalive_options,
  [250] = function(r) r.data() end,
}

-- Fills the tree, and answers what the message says in one line.
local function dissect_apf(tvb, root)
  local tree = root:add(apf, tvb())
  local type = tvb(0, 1):uint()
  tree:add(a.type, tvb(0, 1))
  local name = apf_types[type] or ("type " .. type)
  tree:append_text(", " .. name)
  local body = bodies[type]
  if body == nil then return name end
  local r = reader(tvb, tree, 1)
  body(r, tvb:len() - 1)
  return name .. " " .. table.concat(r.info, " ")
end

-- AMTHI and MKHI: their headers -------------------------------------------------------------------------------------

local commands = {
  [0x01000001] = "GetAMTState", [0x04000006] = "GetTcpipParameters", [0x04000008] = "GetProvisioningMode",
  [0x04000010] = "Unprovision", [0x04000011] = "GetProvisioningState", [0x0400001a] = "GetCodeVersions",
  [0x0400001b] = "GetSecurityParameters", [0x0400001e] = "GetAdminNetAclEntryStatus", [0x04000025] = "GetMacAddresses",
  [0x04000027] = "GetAMTSetupAuditRecord", [0x04000028] = "GenerateRngSeed", [0x04000029] = "StartConfiguration",
  [0x0400002a] = "SetProvisioningServerOTP", [0x0400002b] = "GetProvisioningTLSMode",
  [0x0400002c] = "EnumerateHashHandles", [0x0400002d] = "GetCertificateHashEntry", [0x0400002e] = "GetRngSeedStatus",
  [0x0400002f] = "SetDnsSuffix", [0x04000030] = "GetZeroTouchEnabled", [0x04000036] = "GetPkiFqdnSuffix",
  [0x0400003a] = "SetZeroTouchEnabled", [0x0400003b] = "GetPID", [0x0400003e] = "GetDNSSuffixList",
  [0x0400003f] = "SetEnterpriseAccess", [0x04000044] = "OpenUserInitiatedConnection",
  [0x04000045] = "CloseUserInitiatedConnection", [0x04000046] = "GetRemoteAccessConnectionStatus",
  [0x04000047] = "GetCurrentPowerPolicy", [0x04000048] = "GetLanInterfaceSettings", [0x04000049] = "GetFeaturesState",
  [0x0400004a] = "GetLastHostResetReason", [0x0400004d] = "GetUserInitiatedEnabledInterfaces",
  [0x0400004e] = "GetConfigServerData", [0x04000050] = "GetMESetupAuditRecord",
  [0x04000052] = "GetIPv6LanInterfaceStatus", [0x04000056] = "GetFQDN", [0x04000058] = "GetRedirectionState",
  [0x0400005b] = "SetHostFQDN", [0x0400005c] = "GetUUID", [0x0400005e] = "StopConfiguration",
  [0x04000062] = "StartConfigurationEx", [0x04000067] = "GetLocalSystemAccount", [0x0400006b] = "GetControlMode",
  [0x04000084] = "GetEHBCState", [0x04000085] = "SetEHBCState", [0x04000087] = "GetAuditLogRecords",
  [0x04000088] = "DisableAndClearAMT", [0x0400008b] = "StartConfigurationHBased",
  [0x0400008c] = "GetAuditLogSignature", [0x0400008e] = "GetCiraLog",
}

local m = {
  major = ProtoField.uint8("amt_amthi.major", "Major version"),
  minor = ProtoField.uint8("amt_amthi.minor", "Minor version"),
  command = ProtoField.uint32("amt_amthi.command", "Command", base.HEX, commands, 0xff7fffff),
  response = ProtoField.bool("amt_amthi.response", "Response", 32, nil, 0x00800000),
  length = ProtoField.uint32("amt_amthi.length", "Length"),
  status = ProtoField.uint32("amt_amthi.status", "Status", base.HEX),
  data = ProtoField.bytes("amt_amthi.data", "Data"),
}
amthi.fields = m

local function dissect_amthi(tvb, root)
  local length = tvb:len()
  if length < 12 then return length .. " bytes" end
  local tree = root:add(amthi, tvb())
  tree:add(m.major, tvb(0, 1))
  tree:add(m.minor, tvb(1, 1))
  local word = tvb(4, 4)
  tree:add_le(m.command, word)
  tree:add_le(m.response, word)
  tree:add_le(m.length, tvb(8, 4))
  local code = word:le_uint()
  local response = math.floor(code / 0x800000) % 2 == 1
  if response then code = code - 0x800000 end
  local info = commands[code] or string.format("command %x", code)
  local at = 12
  if response and length >= 16 then
    tree:add_le(m.status, tvb(12, 4))
    info = info .. string.format(" answered, status %x", tvb(12, 4):le_uint())
    at = 16
  end
  if length > at then tree:add(m.data, tvb(at)) end
  tree:append_text(", " .. info)
  return info
end

local k = {
  group = ProtoField.uint8("amt_mkhi.group", "Group", base.HEX),
  command = ProtoField.uint8("amt_mkhi.command", "Command", base.HEX, nil, 0x7f),
  response = ProtoField.bool("amt_mkhi.response", "Response", 8, nil, 0x80),
  result = ProtoField.uint8("amt_mkhi.result", "Result", base.HEX),
  data = ProtoField.bytes("amt_mkhi.data", "Data"),
}
mkhi.fields = k

local function dissect_mkhi(tvb, root)
  local length = tvb:len()
  if length < 4 then return length .. " bytes" end
  local tree = root:add(mkhi, tvb())
  tree:add(k.group, tvb(0, 1))
  tree:add(k.command, tvb(1, 1))
  tree:add(k.response, tvb(1, 1))
  tree:add(k.result, tvb(3, 1))
  if length > 4 then tree:add(k.data, tvb(4)) end
  local command = tvb(1, 1):uint()
  local info = string.format("group %02x, command %02x", tvb(0, 1):uint(), command % 0x80)
  if command >= 0x80 then info = info .. string.format(" answered, result %02x", tvb(3, 1):uint()) end
  tree:append_text(", " .. info)
  return info
end

-- The packet --------------------------------------------------------------------------------------------------------

local by_client = { LME = dissect_apf, AMTHI = dissect_amthi, MKHI = dissect_mkhi, ["MKHI-FIX"] = dissect_mkhi }

function packet.dissector(tvb, pinfo, root)
  if tvb:len() < HEAD or tvb(0, 1):uint() ~= 1 then return 0 end
  local guid = guid_of(tvb(4, 16))
  local client = clients[guid] or guid
  local event = tvb(1, 1):uint()
  local outward = tvb(2, 1):uint() == 0

  local tree = root:add(packet, tvb(0, HEAD))
  tree:add(h.version, tvb(0, 1))
  tree:add(h.event, tvb(1, 1))
  tree:add(h.direction, tvb(2, 1))
  tree:add(h.left_out, tvb(3, 1))
  tree:add_le(h.client, tvb(4, 16)):append_text(" (" .. client .. ")")
  tree:add_le(h.connection, tvb(20, 4))
  tree:add_le(h.length, tvb(24, 4))
  tree:append_text(", " .. client)

  pinfo.cols.protocol = client
  pinfo.cols.src = outward and "host" or "firmware"
  pinfo.cols.dst = outward and "firmware" or "host"
  if tvb:len() == HEAD then
    pinfo.cols.info = events[event] or ("event " .. event)
    return tvb:len()
  end
  local body = tvb(HEAD):tvb()
  if event ~= MESSAGE then
    tree:add(h.text, tvb(HEAD))
    pinfo.cols.info = (events[event] or ("event " .. event)) .. ": " .. tvb(HEAD):string()
    return tvb:len()
  end
  local dissect = by_client[client]
  if dissect then
    pinfo.cols.info = dissect(body, root)
  else
    tree:add(h.data, tvb(HEAD))
    pinfo.cols.info = tvb(24, 4):le_uint() .. " bytes"
  end
  return tvb:len()
end

DissectorTable.get("wtap_encap"):add(wtap.USER0, packet)
