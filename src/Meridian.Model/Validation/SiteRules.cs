using Meridian.Model.Resources;

namespace Meridian.Model.Validation;

internal static class SiteRules
{
    public static void Check(Site site, Reporter report)
    {
        if (site.Country is { } country && !IsCountry(country))
            report.Fault(site, "country", $"`{country}` is not a country code: two capital letters, such as VN");
    }

    public static bool IsCountry(string text) => text.Length == 2 && text.All(char.IsAsciiLetterUpper);
}
