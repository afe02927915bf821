// Real processes and real time: most of a test is waiting, so that two classes run beside each other on two cores.
// Those that look at how long something takes are in the collection "alone", and have the machine to themselves.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.Collections, MaxThreads = 2)]
