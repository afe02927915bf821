using Meridian.Model.Values;

namespace Meridian.Model.Tests.Values;

public sealed class LabelSelectorTests
{
    private static readonly Dictionary<string, string> Labels = new()
    {
        ["app"] = "kokoro",
        ["tier"] = "edge",
        ["empty"] = "",
        ["example.com/part"] = "Web_1.x",
    };

    [Theory]
    [InlineData("app=kokoro", true)]
    [InlineData("app==kokoro", true)]
    [InlineData("app = kokoro , tier=edge", true)]
    [InlineData("app=other", false)]
    [InlineData("app=kokoro,tier=test", false)]
    [InlineData("app!=other", true)]
    [InlineData("app!=kokoro", false)]
    [InlineData("none!=kokoro", true)]
    [InlineData("none=kokoro", false)]
    [InlineData("tier in (web, edge)", true)]
    [InlineData("tier in (web,test),app", false)]
    [InlineData("tier notin (web,test)", true)]
    [InlineData("tier notin (edge)", false)]
    [InlineData("none notin (edge)", true)]
    [InlineData("none in (edge)", false)]
    [InlineData("app", true)]
    [InlineData("none", false)]
    [InlineData("!none", true)]
    [InlineData("!app", false)]
    [InlineData("empty=", true)]
    [InlineData("app=", false)]
    [InlineData("example.com/part=Web_1.x", true)]
    public void Selects_as_kubectl_does(string text, bool selects)
    {
        Assert.True(LabelSelector.TryParse(text, out var selector, out _));
        Assert.Equal(selects, selector.Matches(Labels));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("app=a,", "")]
    [InlineData("=a", "=a")]
    [InlineData("app=a b", "app=a b")]
    [InlineData("app in a", "app in a")]
    [InlineData("app in (a", "app in (a")]
    [InlineData("app among (a)", "app among (a)")]
    [InlineData("app in (a) b", "app in (a) b")]
    [InlineData("a/b/c=d", "a/b/c=d")]
    [InlineData("!app=a", "!app=a")]
    [InlineData("app>1", "app>1")]
    [InlineData("-app", "-app")]
    public void What_is_no_selector_is_refused_by_its_requirement(string text, string part)
    {
        Assert.False(LabelSelector.TryParse(text, out _, out var error));
        Assert.StartsWith($"`{part}` is no requirement of labels such as", error, StringComparison.Ordinal);
    }
}
