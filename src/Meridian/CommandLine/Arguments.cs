using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using Meridian.Addresses;
using Meridian.Gateway.Tcp;
using Meridian.Management;
using Meridian.Model.Values;
using Meridian.Running;

namespace Meridian.CommandLine;

/// <summary>Options that several commands share, and how their values are read.</summary>
internal static class Arguments
{
    public static Option<string> Output() => new Option<string>("--output", "-o")
    {
        Description = "How to print: text or json",
        DefaultValueFactory = _ => "text",
    }.AcceptOnlyFromAmong("text", "json");

    /// <summary>For tables that leave out columns where the terminal is narrow.</summary>
    public static Option<string> WideOutput() => new Option<string>("--output", "-o")
    {
        Description = "How to print: text that fits the terminal, wide for every column, or json",
        DefaultValueFactory = _ => "text",
    }.AcceptOnlyFromAmong("text", "wide", "json");

    public static Option<Uri> Server() => new("--server")
    {
        Description = "URL of the node's management API",
        DefaultValueFactory = _ => new Uri("http://127.0.0.1:8053"),
        CustomParser = result =>
            UrlText.TryParseHttp(Value(result), out var uri)
            ? uri
            : Fail<Uri>(result, "is not an http or https URL"),
    };

    public static Option<bool> AllowEmpty() => new("--allow-empty")
    {
        Description = "Take a file that holds no resource, which is otherwise a fault: it may have been cut short",
    };

    public static Option<string?> TokenFile() =>
        Text("--token-file", "File with the bearer token, where the node requires one");

    public static Option<string?> Text(string name, string description) => new(name) { Description = description };

    public static Option<string[]> Texts(string name, string description) => new(name)
    {
        Description = description,
        AllowMultipleArgumentsPerToken = true,
    };

    public static Option<string> Log() => new Option<string>("--log")
    {
        Description = "How to log: text, or json with ECS field names",
        DefaultValueFactory = _ => "text",
    }.AcceptOnlyFromAmong("text", "json");

    /// <summary>Name of the formatter for the value of <see cref="Log"/>.</summary>
    public static string LogFormatOf(ParseResult result, Option<string> log) =>
        result.GetRequiredValue(log) == "json" ? EcsFormatter.FormatterName : PlainFormatter.FormatterName;

    public static Option<IPEndPoint[]> EndPoints(string name, string description, string? defaultValue = null) =>
        new(name)
        {
            Description = description,
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => defaultValue is null ? [] : [EndPointText.Parse(defaultValue)],
            CustomParser = result =>
                [.. result.Tokens.Select(t => ParseEndPoint(result, t.Value)).OfType<IPEndPoint>()],
        };

    public static Option<IPEndPoint?> EndPoint(string name, string description, string? defaultValue) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ => defaultValue is null ? null : EndPointText.Parse(defaultValue),
        CustomParser = result => ParseEndPoint(result, Value(result)),
    };

    public static Option<PortRange[]> PortRanges(string name, string description) => new(name)
    {
        Description = description,
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
        CustomParser = result =>
            [.. result.Tokens.Select(t => PortRange.Parse(t.Value)
                ?? Fail<PortRange>(result, "is not an address with ports such as 0.0.0.0:22000-22999"))],
    };

    public static Option<TimeSpan> Duration(string name, string description, string defaultValue) => new(name)
    {
        Description = description,
        DefaultValueFactory = _ =>
            Durations.TryParse(defaultValue, out var duration) ? duration : throw new FormatException(defaultValue),
        CustomParser = result => Durations.TryParse(Value(result), out var duration)
            ? duration
            : Fail<TimeSpan>(result, "is not a duration such as 500ms, 15s or 2m"),
    };

    public static Option<TimeSpan?> OptionalDuration(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = result => Durations.TryParse(Value(result), out var duration)
            ? duration
            : Fail<TimeSpan?>(result, "is not a duration such as 30m or 2h"),
    };

    /// <exception cref="StartException">It cannot be read, or holds nothing.</exception>
    public static string? ReadToken(string? file) => BearerTokenFile.ReadOnce(file);

    private static IPEndPoint? ParseEndPoint(ArgumentResult result, string text)
    {
        if (EndPointText.TryParse(text, out var endPoint))
            return endPoint;
        result.AddError($"`{text}` is not an address and port such as 127.0.0.1:5300 or [::1]:5300");
        return null;
    }

    private static string Value(ArgumentResult result) => result.Tokens[0].Value;

    private static T Fail<T>(ArgumentResult result, string what)
    {
        result.AddError($"`{Value(result)}` {what}");
        return default!;
    }
}
