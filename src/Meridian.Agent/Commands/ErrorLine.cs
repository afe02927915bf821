using Meridian.Addresses;

namespace Meridian.Agent.Commands;

/// <summary>The line of standard error that says why a command ends; gateways and files may have said some of it.</summary>
internal static class ErrorLine
{
    public static string Of(string message) => $"meridian-agent: {DisplayText.Escape(message)}";
}
