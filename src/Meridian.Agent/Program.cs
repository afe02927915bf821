using Meridian.Agent.Commands;

return await RootCommandFactory.Create().Parse(args).InvokeAsync();
