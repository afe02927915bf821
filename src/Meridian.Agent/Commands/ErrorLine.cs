using Meridian.Addresses;

namespace Meridian.Agent.Commands;

/// <summary>Why a command ends, as a line of standard error; gateways and files may have said some of it.</summary>
internal static class ErrorLine
{
    public static string Of(string message) => $"meridian-agent: {DisplayText.Escape(message)}";
}
