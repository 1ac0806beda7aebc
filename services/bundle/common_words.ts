/** What the texts of amtctl are made of: messages, hints, causes, advice. */
const words =
  "about absent access activate activated active acts adapter address addresses admin after afterwards again allow " +
  "allowed allows alone already also alternative although among amtctl amthi amtinfo amtterm anew another answer " +
  "answered answers apart apparmor application armed aside asked asks assist assistance attention attributes audio " +
  "authentication available away back been before began behind being belongs below between bind binding binds bios " +
  "bits block boards boot both bound bring broken build bundle business busy byte bytes cable cache call calls came " +
  "cannot capabilities capable cause certificate change changed changes character check checked checks chip chipset " +
  "choose chromebooks cira class clean cleaned clear client clients clock clocks close closed cmdline code come " +
  "comes command commands confidentiality configuration connect connected connection connections connects consent " +
  "consumer container containerenv content continue control controller corporate could counts cover cpuinfo csme " +
  "ctrl cycle damaged data debug debugfs debugged debugging decides deep defect denial denied deno descriptor " +
  "desktop device devices devtmpfs dhcp differ direct directory disable disabled disconnected discrete disk " +
  "displays distributions dmesg dockerenv doctor does domain done down driver drivers dropped dynamic each echo " +
  "ehbc either else empty enable enabled ended enforcement engine enhanced enterprise entries entry equal error " +
  "ethernet ever exception exist expect extended factory failed fails failure feature feed feeding feeds file files " +
  "find finding findmnt finds finished firmware first fits fixed flag flash forbid forbids form found free from " +
  "function further gated gating gave general generation give given gives global goes going gone good grep group " +
  "guard half halted hangs hardware hash hashes have header health heartbeat heartbeats held help here hfsts hidden " +
  "hides hold holders holds home host hypervisor ignition image incomplete indeterminate initial initialization " +
  "initiated input install integrated intel interface internal interrupted interval into invalid itself join jumper " +
  "just keep keeps kernel kind kinds know knows last lasts later lease leave leaves left legacy length level limit " +
  "line link linux list listens lists lite load loaded loader loading loads local localhost lockdown locked long " +
  "longer look looked looking looks lost lspci machine machines made main mains make maker makes manageability " +
  "management manages manifest manufacturing many maximum measured meclients memory menu menus message messages " +
  "middle minute minutes missed mkhi mknod mobile mode modinfo modprobe module modules mokutil more most mostly " +
  "mounted name names need needed needs neither network never newer next nobody node nodes none normal nothing " +
  "notification notifications nowayout null number numbers offer offers often older once ones only open opens " +
  "operating operation operational option other output outside over override package parameters part partition " +
  "parts pass password past path periodic permission permissions permitted ping plain platform policy port ports " +
  "possible power predicate printable printed probed probes proc process processes processor profile program " +
  "programmed programs protected protection provisioning pseudo pthi public purpose puts question raise range read " +
  "readings reads ready received record recovery redirection refused refuses register registers relay release " +
  "releases remote removed renewed report reported reports request reset resets resource rest restart restarted " +
  "restarts result retry retrying right root rule rules running runs safe same says screen second seconds secure " +
  "security seen sees send sent server serves service session setting settings setup several should show shows shut " +
  "shutdown signal signature simulated since situation size skipped sleep sleeps slow small software sold some " +
  "somebody something source space speak standard stands start started starting starts state static status stays " +
  "still stop stopped stopping stops strap straps such sudo suffix support switch switched sysfs system systemctl " +
  "table tagged take taken takes talks tell tells temporarily text than that their them then there these they this " +
  "those though time timed timeout told tool touch transition tries trusted tunnel turned turns udev ulimit unbind " +
  "unbinds unbound uncategorized unconfigure undefined undo unexpected unique unit unknown unless unload unloaded " +
  "unprovisioned until untrusted update updated updates upgrade usage used user uuid vain valid value variable " +
  "version versions video violation virtual vlan vpro wait waited waits wake want wanted wants watchdog watchdogs " +
  "well went were what whatever when where whether which while whoever whole whose wired wireless with within " +
  "without word work working works write writes written wrong your";

const common = new Set(words.split(" "));

/**
 * Whether amtctl's own texts have the word, in lower case and of four letters or more. A host may be called by it, and
 * a bundle would be garbled if it were replaced wherever it stands.
 */
export function isCommonWord(word: string): boolean {
  return common.has(word);
}
