namespace Meridian.CommandLine;

/// <summary>The default folder for state: that of the XDG base directory specification.</summary>
internal static class StateFolder
{
    public static string Default
    {
        get
        {
            var state = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
            if (string.IsNullOrEmpty(state))
                state = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local",
                    "state");
            return Path.Combine(state, "meridian");
        }
    }
}
