"""What a listener wants to know of the Spotify account before using it."""

from typing import Final

from partsong.sources.source import Setting, SourceInfo

__all__ = ["ACCOUNTS_URL", "API_URL", "INFO"]

API_URL: Final = "https://api.spotify.com/v1"
ACCOUNTS_URL: Final = "https://accounts.spotify.com"

INFO: Final = SourceInfo(
    name="spotify",
    title="Spotify account",
    kind="service",
    description=(
        "Your saved tracks, playlists, top tracks and latest plays, through the Spotify Web API and "
        "an app that you register there. Audio features come only for apps from before November "
        "2024 with extended access."
    ),
    gives=("tracks", "features", "listens", "likes", "playlists"),
    usage="partsong import spotify",
    terms=(
        "Spotify Developer Terms (version 10, May 2025) and Developer Policy: no machine learning "
        "model may be trained on what comes from the Web API, so fit leaves it out until you have "
        "agreed to answer for it (partsong import spotify --may-train)."
    ),
    settings=(
        Setting(
            name="client_id",
            meaning=(
                "Client ID of your app: make one at developer.spotify.com/dashboard with the "
                "redirect URI http://127.0.0.1/callback (no port) and the Web API."
            ),
        ),
        Setting(
            name="url",
            meaning=f"Address of the Web API, {API_URL} by default.",
            is_required=False,
        ),
        Setting(
            name="accounts_url",
            meaning=f"Address of the login, {ACCOUNTS_URL} by default.",
            is_required=False,
        ),
    ),
    extra="spotify",
    may_train=False,
    analysis="spotify",
)
