using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Globalization;
using System.Text.RegularExpressions;
using Meridian.Model.Values;

namespace Meridian.CommandLine;

/// <summary>
/// The usual help, with durations as people write them and with the command's example at its end.
/// </summary>
internal sealed partial class ExampleHelp(HelpAction usual) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var output = parseResult.InvocationConfiguration.Output;
        using var written = new StringWriter();
        parseResult.InvocationConfiguration.Output = written;
        var status = usual.Invoke(parseResult);
        parseResult.InvocationConfiguration.Output = output;
        output.Write(Span().Replace(written.ToString(), match =>
            Durations.Format(TimeSpan.Parse(match.Value, CultureInfo.InvariantCulture))));
        if (parseResult.CommandResult.Command is ExampleCommand { Example: var example })
            output.WriteLine($"Example:\n  {example}\n");
        return status;
    }

    // How the framework writes a default: [default: 00:00:02].
    [GeneratedRegex(@"(?<=\[default: )(?:[0-9]+\.)?[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?=\])")]
    private static partial Regex Span();
}
