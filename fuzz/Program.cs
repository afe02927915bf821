using Meridian.Fuzz;
using SharpFuzz;

// Run by afl-fuzz (see fuzz/run): octets come on standard input, and an exception is a crash.
// Nothing of ours runs before the fuzzer has set up its memory, not even a static constructor.
var name = args.Length == 1 ? args[0] : throw new ArgumentException("the name of a target is wanted");
Fuzzer.OutOfProcess.Run(stream => Targets.All[name](stream));
