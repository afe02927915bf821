namespace Meridian.CommandLine;

/// <summary>Where state lives when nobody says otherwise: the XDG state folder.</summary>
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
