// Two cores, real processes and real time: classes run one after the other so that none starves another.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
