using System.CommandLine;

namespace Meridian.CommandLine;

/// <summary>A command with an example, which its help and the reference show.</summary>
internal sealed class ExampleCommand(string name, string description, string example) : Command(name, description)
{
    public string Example { get; } = example;
}
