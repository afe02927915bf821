using System.CommandLine;
using Meridian.Agent.Commands;

// A connection with much to do keeps its thread as long as there is something: the others must not wait for it.
ThreadPool.SetMinThreads(Math.Max(16, Environment.ProcessorCount * 2), 1);

// `run` handles the signals itself, because what is under way may take its time to end.
return await RootCommandFactory.RunAsync(args, new InvocationConfiguration { ProcessTerminationTimeout = null });
