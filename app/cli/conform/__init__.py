"""The second stage of `ansinh bank conform`: an adapter among real books and a nasty bank."""
