using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Meridian.CommandLine;

/// <summary>The usual help, with the command's example at its end.</summary>
internal sealed class ExampleHelp(HelpAction usual) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var status = usual.Invoke(parseResult);
        if (parseResult.CommandResult.Command is ExampleCommand { Example: var example })
            parseResult.InvocationConfiguration.Output.WriteLine($"Example:\n  {example}\n");
        return status;
    }
}
