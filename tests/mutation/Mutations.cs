using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using static Microsoft.CodeAnalysis.CSharp.SyntaxFactory;

namespace Meridian.Mutation;

/// <summary>The small changes that each piece of code is put through.</summary>
internal static class Mutations
{
    private static readonly Dictionary<SyntaxKind, SyntaxKind[]> Operators = new()
    {
        [SyntaxKind.LessThanExpression] = [SyntaxKind.LessThanOrEqualExpression, SyntaxKind.GreaterThanExpression],
        [SyntaxKind.LessThanOrEqualExpression] = [SyntaxKind.LessThanExpression, SyntaxKind.GreaterThanExpression],
        [SyntaxKind.GreaterThanExpression] = [SyntaxKind.GreaterThanOrEqualExpression, SyntaxKind.LessThanExpression],
        [SyntaxKind.GreaterThanOrEqualExpression] = [SyntaxKind.GreaterThanExpression, SyntaxKind.LessThanExpression],
        [SyntaxKind.EqualsExpression] = [SyntaxKind.NotEqualsExpression],
        [SyntaxKind.NotEqualsExpression] = [SyntaxKind.EqualsExpression],
        [SyntaxKind.LogicalAndExpression] = [SyntaxKind.LogicalOrExpression],
        [SyntaxKind.LogicalOrExpression] = [SyntaxKind.LogicalAndExpression],
        [SyntaxKind.AddExpression] = [SyntaxKind.SubtractExpression],
        [SyntaxKind.SubtractExpression] = [SyntaxKind.AddExpression],
        [SyntaxKind.MultiplyExpression] = [SyntaxKind.DivideExpression],
        [SyntaxKind.DivideExpression] = [SyntaxKind.MultiplyExpression],
        [SyntaxKind.ModuloExpression] = [SyntaxKind.MultiplyExpression],
        [SyntaxKind.LeftShiftExpression] = [SyntaxKind.RightShiftExpression],
        [SyntaxKind.RightShiftExpression] = [SyntaxKind.LeftShiftExpression],
        [SyntaxKind.BitwiseAndExpression] = [SyntaxKind.BitwiseOrExpression],
        [SyntaxKind.BitwiseOrExpression] = [SyntaxKind.BitwiseAndExpression],
    };

    private static readonly Dictionary<string, string> Methods = new()
    {
        ["Any"] = "All",
        ["All"] = "Any",
        ["First"] = "Last",
        ["FirstOrDefault"] = "LastOrDefault",
        ["Last"] = "First",
        ["LastOrDefault"] = "FirstOrDefault",
        ["Min"] = "Max",
        ["Max"] = "Min",
        ["MinBy"] = "MaxBy",
        ["MaxBy"] = "MinBy",
        ["OrderBy"] = "OrderByDescending",
        ["OrderByDescending"] = "OrderBy",
        ["ThenBy"] = "ThenByDescending",
        ["Skip"] = "Take",
        ["Take"] = "Skip",
        ["Union"] = "Except",
        ["Except"] = "Union",
        ["StartsWith"] = "EndsWith",
        ["EndsWith"] = "StartsWith",
        ["Floor"] = "Ceiling",
        ["Ceiling"] = "Floor",
    };

    /// <summary>Calls whose loss no test is asked to notice: the text of the log is not a rule.</summary>
    private static readonly string[] Logging = ["log.", "_log.", "logger.", "_logger.", "Log.", "Debug."];

    /// <summary>All changes of a file, but for attributes: source generators read them, and do not run again.</summary>
    public static IEnumerable<Mutant> Of(SyntaxTree tree, string file)
    {
        foreach (var node in tree.GetRoot().DescendantNodes(n => n is not AttributeListSyntax))
        {
            foreach (var replacement in Replacements(node))
            {
                var line = node.GetLocation().GetLineSpan().StartLinePosition.Line + 1;
                yield return new Mutant(file, line, node, replacement, Describe(node, replacement));
            }
        }
    }

    private static IEnumerable<SyntaxNode> Replacements(SyntaxNode node) => node switch
    {
        BinaryExpressionSyntax binary => OfBinary(binary).Concat(OfCondition(binary)),
        PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression } not =>
            OfCondition(not).Append(not.Operand),
        IsPatternExpressionSyntax pattern => OfCondition(pattern),
        InvocationExpressionSyntax call => OfCall(call).Concat(OfCondition(call)),
        IdentifierNameSyntax or MemberAccessExpressionSyntax => OfCondition((ExpressionSyntax)node),
        LiteralExpressionSyntax literal => OfLiteral(literal),
        ExpressionStatementSyntax statement when IsRule(statement) => [EmptyStatement()],
        ReturnStatementSyntax { Expression: null } or BreakStatementSyntax or ContinueStatementSyntax
            when node.Parent is BlockSyntax or IfStatementSyntax => [EmptyStatement()],
        ThrowStatementSyntax => [EmptyStatement()],
        _ => [],
    };

    private static IEnumerable<SyntaxNode> OfBinary(BinaryExpressionSyntax binary)
    {
        if (binary.IsKind(SyntaxKind.CoalesceExpression))
        {
            return [binary.Right];
        }
        if (!Operators.TryGetValue(binary.Kind(), out var others) || IsText(binary))
        {
            return [];
        }
        return others.Select(kind => BinaryExpression(kind, binary.Left, binary.Right));
    }

    private static bool IsText(BinaryExpressionSyntax binary) => binary.IsKind(SyntaxKind.AddExpression) &&
        binary.DescendantNodesAndSelf().Any(n => n is InterpolatedStringExpressionSyntax ||
            n.IsKind(SyntaxKind.StringLiteralExpression));

    /// <summary>What stands where a condition is asked for is made true, and false.</summary>
    private static IEnumerable<SyntaxNode> OfCondition(ExpressionSyntax condition)
    {
        var asked = condition.Parent switch
        {
            IfStatementSyntax @if => @if.Condition == condition,
            ConditionalExpressionSyntax choice => choice.Condition == condition,
            WhileStatementSyntax loop => loop.Condition == condition,
            WhenClauseSyntax => true,
            BinaryExpressionSyntax both => both.Kind() is SyntaxKind.LogicalAndExpression
                or SyntaxKind.LogicalOrExpression,
            _ => false,
        };
        if (!asked)
        {
            return [];
        }
        var yes = LiteralExpression(SyntaxKind.TrueLiteralExpression);
        var no = LiteralExpression(SyntaxKind.FalseLiteralExpression);
        // Of an operand, one of the two is what its turned operator already shows.
        return condition.Parent!.Kind() switch
        {
            SyntaxKind.WhileStatement => [no],
            SyntaxKind.LogicalAndExpression => [yes],
            SyntaxKind.LogicalOrExpression => [no],
            _ => [yes, no],
        };
    }

    private static IEnumerable<SyntaxNode> OfCall(InvocationExpressionSyntax call)
    {
        if (call.Expression is not MemberAccessExpressionSyntax { Name: IdentifierNameSyntax name } access)
        {
            yield break;
        }
        if (Methods.TryGetValue(name.Identifier.Text, out var other))
        {
            yield return call.WithExpression(access.WithName(IdentifierName(other)));
        }
        if (name.Identifier.Text == "Where")
        {
            yield return access.Expression;
        }
    }

    private static IEnumerable<SyntaxNode> OfLiteral(LiteralExpressionSyntax literal)
    {
        switch (literal.Token.Value)
        {
            case bool value when literal.Parent is not NameColonSyntax:
                yield return LiteralExpression(value ? SyntaxKind.FalseLiteralExpression
                    : SyntaxKind.TrueLiteralExpression);
                break;
            case int value when value < int.MaxValue:
                yield return Number(Literal(value + 1));
                break;
            case long value when value < long.MaxValue:
                yield return Number(Literal(value + 1));
                break;
            case double value:
                yield return Number(Literal((value * 1.5) + (value == 0 ? 1 : 0)));
                break;
        }
    }

    private static LiteralExpressionSyntax Number(SyntaxToken token) =>
        LiteralExpression(SyntaxKind.NumericLiteralExpression, token);

    private static bool IsRule(ExpressionStatementSyntax statement)
    {
        var text = statement.ToString();
        return !Logging.Any(log => text.StartsWith(log, StringComparison.Ordinal));
    }

    /// <summary>The line as it was and as it is, or the changed part alone where it goes over several.</summary>
    private static string Describe(SyntaxNode node, SyntaxNode replacement)
    {
        var text = node.SyntaxTree.GetText();
        var line = text.Lines.GetLineFromPosition(node.SpanStart);
        if (node.Span.End > line.End)
        {
            return $"{Short(node.ToString())} → {Short(replacement.NormalizeWhitespace().ToString())}";
        }
        var before = text.ToString(line.Span);
        var start = node.SpanStart - line.Start;
        var after = before[..start] + replacement.NormalizeWhitespace() + before[(node.Span.End - line.Start)..];
        return $"{before.Trim()} → {after.Trim()}";
    }

    private static string Short(string text)
    {
        text = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return text.Length <= 100 ? text : text[..97] + "…";
    }
}
