using System.CommandLine;
using Meridian.Agent.Commands;

// A connection with much to do keeps its thread as long as there is something: the others must not wait for it.
ThreadPool.SetMinThreads(Math.Max(16, Environment.ProcessorCount * 2), 1);

// `run` hears the signals itself: what is under way may take its time to end.
return await RootCommandFactory.Create().Parse(args)
    .InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
