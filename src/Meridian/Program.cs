using Meridian.CommandLine;

return await RootCommandFactory.RunAsync(args);
