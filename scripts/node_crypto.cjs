// What node-forge's `require("crypto")` becomes in the bundle, which is a module and has no `require`.
module.exports = process.getBuiltinModule("node:crypto");
