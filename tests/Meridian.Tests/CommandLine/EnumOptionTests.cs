using System.CommandLine;
using Meridian.CommandLine;

namespace Meridian.Tests.CommandLine;

public sealed class EnumOptionTests
{
    [Fact]
    public void Every_option_that_takes_a_name_reads_it_strictly() => Assert.All(
        AllOf(RootCommandFactory.Create()), s => Assert.True(s.GetType().GetProperty("CustomParser")!.GetValue(s)
            is not null, $"{s.Name} is read by the framework, which takes numbers for names"));

    private static IEnumerable<Symbol> AllOf(Command command) => command.Options.Cast<Symbol>()
        .Where(o => IsEnum(((Option)o).ValueType))
        .Concat(command.Arguments.Where(a => IsEnum(a.ValueType)))
        .Concat(command.Subcommands.SelectMany(AllOf));

    private static bool IsEnum(Type type) =>
        (Nullable.GetUnderlyingType(type) ?? type.GetElementType() ?? type).IsEnum
        || type.GetGenericArguments().Any(IsEnum);
}
