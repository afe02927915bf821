using System.CommandLine;
using Meridian.Agent.Commands;

// `run` hears the signals itself: what is under way may take its time to end.
return await RootCommandFactory.Create().Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
